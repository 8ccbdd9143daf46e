// The first screen: the nine zones, the search, the line's state and the hotline.
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import KioskUi

Item {
    id: screen

    required property VisitModel visit
    required property HomeModel home
    required property DisplayModel display

    readonly property bool troubled: !display.online || !home.serving

    Column {
        id: head
        x: Theme.margin
        y: Theme.px(Theme.portrait ? 32 : 18)
        width: parent.width - 2 * Theme.margin
        spacing: Theme.px(18)

        Words {
            visible: Theme.portrait || !screen.troubled
            width: parent.width
            text: qsTr("您好，请点选要办的事")
            size: Theme.title
            strong: true
        }
        Notice {
            objectName: "line-down"
            visible: screen.troubled
            width: parent.width
            tone: screen.home.serving ? "warn" : "bad"
            iconName: screen.home.serving ? "wifi_off" : "block"
            text: screen.home.serving && screen.home.onlyReceipts ? qsTr("网络暂时中断，本机现在不收新申请；在本机提交过、没拿到回执的，可以补打") : screen.home.serving ? qsTr("网络暂时中断：申请可以照常办，恢复后自动提交；查询和打印请稍后再来") : qsTr("本机暂时不能办理，请使用旁边的终端，或拨打 %1").arg(screen.display.hotline)
        }
    }
    Grid {
        id: tiles
        x: Theme.margin
        anchors.top: head.bottom
        anchors.topMargin: Theme.px(Theme.portrait ? 28 : 18)
        anchors.bottom: foot.top
        anchors.bottomMargin: Theme.gap + Theme.px(6)
        width: parent.width - 2 * Theme.margin
        columns: 3
        spacing: Theme.gap

        Repeater {
            model: screen.home.zones

            TileButton {
                required property string zoneId
                required property string name
                required property string symbol
                required colour
                required summary
                required reason

                objectName: "zone-" + zoneId
                width: (tiles.width - 2 * tiles.spacing) / 3
                height: (tiles.height - 2 * tiles.spacing) / 3
                across: !Theme.portrait
                badgeSize: Theme.px(Theme.portrait ? 116 : 104)
                iconName: symbol
                text: name
                onClicked: screen.home.openZone(zoneId)
            }
        }
    }
    Item {
        id: foot
        x: Theme.margin
        width: parent.width - 2 * Theme.margin
        height: Theme.portrait ? search.height + hotline.height + Theme.px(22) : search.height
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(24)

        TouchButton {
            id: search
            objectName: "search"
            x: parent.width - width
            width: Theme.portrait ? parent.width : Theme.px(760)
            height: Theme.mainTouch
            main: true
            iconName: "search"
            text: qsTr("搜索事项")
            onClicked: screen.home.openZone("")
        }
        Column {
            id: hotline
            width: Theme.portrait ? parent.width : search.x - Theme.gap
            y: Theme.portrait ? search.height + Theme.px(22) : (search.height - height) / 2

            Words {
                width: parent.width
                horizontalAlignment: Theme.portrait ? Text.AlignHCenter : Text.AlignLeft
                text: qsTr("咨询求助请拨政务服务热线 %1").arg(screen.display.hotline)
                size: Theme.caption
                soft: true
            }
            Words {
                visible: screen.home.sample
                width: parent.width
                horizontalAlignment: Theme.portrait ? Text.AlignHCenter : Text.AlignLeft
                text: qsTr("当前为示例目录，事项以大厅公布的为准")
                size: Theme.px(24)
                soft: true
            }
        }
    }
}
