// Who is in, and the pages of the role.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Controls
import KioskUi

Item {
    id: tabs

    required property StaffModel staff
    readonly property bool stacked: Theme.portrait

    implicitHeight: stacked ? who.height + Theme.px(16) + Theme.touch : Theme.touch

    component Tab: T.Button {
        id: tab

        property string page
        property string iconName
        readonly property bool current: tabs.staff.page === page

        width: tabs.stacked ? (row.width - (row.visibleChildren.length - 1) * row.spacing) / row.visibleChildren.length : Theme.px(280)
        height: Theme.touch
        focusPolicy: Qt.NoFocus
        Accessible.name: text
        onClicked: tabs.staff.openPage(page)

        background: Rectangle {
            radius: Theme.radius
            color: tab.current ? Theme.primary : tab.down ? Theme.primaryPale : Theme.card
            border.width: Theme.edgeWidth
            border.color: tab.current ? Theme.primary : Theme.edge
        }
        contentItem: Item {
            Row {
                anchors.centerIn: parent
                spacing: Theme.px(14)

                Icon {
                    anchors.verticalCenter: parent.verticalCenter
                    name: tab.iconName
                    size: Theme.px(44)
                    colour: tab.current ? Theme.primaryInk : Theme.primary
                }
                Words {
                    anchors.verticalCenter: parent.verticalCenter
                    text: tab.text
                    strong: true
                    wrapMode: Text.NoWrap
                    color: tab.current ? Theme.primaryInk : Theme.primary
                }
            }
        }
    }

    Row {
        id: who
        height: tabs.stacked ? Theme.px(Theme.large ? 64 : 54) : Theme.touch
        spacing: Theme.px(16)

        Words {
            anchors.verticalCenter: parent.verticalCenter
            text: tabs.staff.manager ? qsTr("管理人员") : qsTr("技术人员")
            size: Theme.lead
            strong: true
            wrapMode: Text.NoWrap
        }
        Tag {
            objectName: "who"
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("工号 %1").arg(tabs.staff.who)
        }
    }
    Row {
        id: row
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        width: tabs.stacked ? parent.width : implicitWidth
        spacing: Theme.px(16)

        Tab {
            objectName: "tab-devices"
            page: "devices"
            iconName: "monitor_heart"
            text: qsTr("设备")
        }
        Tab {
            objectName: "tab-queue"
            page: "queue"
            iconName: "inbox"
            text: qsTr("暂存队列")
        }
        Tab {
            objectName: "tab-log"
            visible: tabs.staff.manager
            page: "log"
            iconName: "history"
            text: qsTr("日志")
        }
    }
}
