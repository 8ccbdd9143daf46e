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
    default property alias content: room.data
    signal mainTouched
    signal mainRefused // touched while it is not enabled

    Column {
        id: head
        x: Theme.margin
        width: parent.width - 2 * Theme.margin
        topPadding: Theme.px(Theme.portrait ? 28 : 16)
        spacing: Theme.px(6)

        Item {
            visible: page.heading !== ""
            width: parent.width
            height: beside ? Math.max(title.height, lead.height) : title.height + (lead.visible ? lead.height + Theme.px(6) : 0)

            readonly property bool beside: !Theme.portrait && title.implicitWidth + lead.implicitWidth + Theme.px(40) < width

            Words {
                id: title
                width: parent.width
                text: page.heading
                size: Theme.title
                strong: true
                lineHeight: 1.05
            }
            Words {
                id: lead
                visible: text !== ""
                x: parent.beside ? title.implicitWidth + Theme.px(40) : 0
                y: parent.beside ? title.y + title.baselineOffset - baselineOffset : title.height + Theme.px(6)
                width: parent.width - x
                text: page.lead
                soft: true
            }
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
        objectName: "room"
        x: Theme.margin
        width: parent.width - 2 * Theme.margin
        anchors.top: head.bottom
        anchors.topMargin: Theme.px(Theme.portrait ? 24 : 14)
        anchors.bottom: actions.top
        anchors.bottomMargin: Theme.px(8)
    }
    ActionBar {
        id: actions
        x: Theme.margin
        width: parent.width - 2 * Theme.margin
        anchors.bottom: parent.bottom
        onMainTouched: page.mainTouched()
        onMainRefused: page.mainRefused()
        onBackTouched: page.visit.goBack()
        onLeaveTouched: page.visit.leave()
    }
}
