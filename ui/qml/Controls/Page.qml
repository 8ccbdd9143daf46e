// The frame of every screen's body: heading, content, and the action bar within reach.
import QtQuick
import KioskUi

Item {
    id: page

    required property VisitModel visit
    property string heading
    property string lead
    property alias mainText: actions.mainText
    property alias mainIcon: actions.mainIcon
    property alias mainEnabled: actions.mainEnabled
    property alias backVisible: actions.backVisible
    property alias backText: actions.backText
    property alias leaveVisible: actions.leaveVisible
    property alias leaveText: actions.leaveText
    property bool actionsVisible: true
    default property alias content: room.data
    signal mainTouched

    Column {
        id: head
        x: Theme.margin
        width: parent.width - 2 * Theme.margin
        topPadding: Theme.px(Theme.portrait ? 28 : 16)
        spacing: Theme.px(6)

        Words {
            visible: text !== ""
            width: parent.width
            text: page.heading
            size: Theme.title
            strong: true
            lineHeight: 1.05
        }
        Words {
            visible: text !== ""
            width: parent.width
            text: page.lead
            soft: true
        }
        Notice {
            objectName: "notice"
            visible: text !== ""
            width: parent.width
            tone: "warn"
            text: page.visit.notice
            next: page.visit.noticeNext
        }
        Notice {
            objectName: "ending-soon"
            visible: page.visit.endingSoon
            width: parent.width
            tone: "warn"
            text: qsTr("本次办理时间快到了，请尽快完成")
        }
    }
    Item {
        id: room
        x: Theme.margin
        width: parent.width - 2 * Theme.margin
        anchors.top: head.bottom
        anchors.topMargin: Theme.px(Theme.portrait ? 24 : 14)
        anchors.bottom: page.actionsVisible ? actions.top : parent.bottom
        anchors.bottomMargin: page.actionsVisible ? Theme.px(8) : Theme.px(24)
    }
    ActionBar {
        id: actions
        visible: page.actionsVisible
        x: Theme.margin
        width: parent.width - 2 * Theme.margin
        anchors.bottom: parent.bottom
        onMainTouched: page.mainTouched()
        onBackTouched: page.visit.goBack()
        onLeaveTouched: page.visit.leave()
    }
}
